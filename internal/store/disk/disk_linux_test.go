package disk

import (
	"strings"
	"testing"
)

func TestNetworkFileSystemsAreRefused(t *testing.T) {
	// ext4, tmpfs
	for number, want := range map[uint32]string{0x6969: "NFS", 0xff534d42: "CIFS", 0xef53: "", 0x01021994: ""} {
		err := onThisMachine(number)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%x: %v", number, err)
		}
	}
	if err := Local(t.TempDir()); err != nil {
		t.Error(err)
	}
}
