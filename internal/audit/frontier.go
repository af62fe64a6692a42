package audit

import "golang.org/x/mod/sumdb/tlog"

// frontier is a tree that only grows, of which as much is kept as its root needs: a hash for each bit of its size.
type frontier struct {
	size  int64
	whole []tlog.Hash // by level, the last whole subtree of 2^level leaves
}

// add appends a leaf and gives the hashes that it completes, as tlog.StoredHashes does.
func (f *frontier) add(h tlog.Hash) []tlog.Hash {
	hashes := []tlog.Hash{h}
	level := 0
	for ; f.size>>level&1 == 1; level++ {
		h = tlog.NodeHash(f.whole[level], h)
		hashes = append(hashes, h)
	}
	if level == len(f.whole) {
		f.whole = append(f.whole, tlog.Hash{})
	}
	f.whole[level] = h
	f.size++
	return hashes
}

// root is the hash of the tree.
func (f *frontier) root() tlog.Hash {
	var root tlog.Hash
	begun := false
	for level := range f.whole {
		switch {
		case f.size>>level&1 == 0:
		case !begun:
			root, begun = f.whole[level], true
		default:
			root = tlog.NodeHash(f.whole[level], root)
		}
	}
	if !begun {
		root, _ = tlog.TreeHash(0, nil)
	}
	return root
}
