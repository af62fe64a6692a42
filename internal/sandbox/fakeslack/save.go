package fakeslack

import (
	"encoding/json"
	"fmt"
)

// saved is what outlives the process: the world, but no socket, trigger,
// response URL or fault.
type saved struct {
	People []*User            `json:"people"`
	Groups []*Group           `json:"groups"`
	Rooms  []*room            `json:"rooms"`
	Views  map[string][]*View `json:"views"`
	Homes  map[string]*View   `json:"homes"`
	LastTS int64              `json:"last_ts"`
	Serial int64              `json:"serial"`
}

// Save returns the state of the world as JSON.
func (w *Workspace) Save() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return marshal(saved{w.people, w.groups, w.rooms, w.views, w.homes, w.lastTS, w.serial})
}

// Load replaces the world by one that Save returned. Sockets stay open.
func (w *Workspace) Load(data []byte) error {
	s := saved{Views: map[string][]*View{}, Homes: map[string]*View{}}
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("load workspace: %w", err)
	}
	if len(s.Rooms) == 0 || len(s.People) == 0 {
		return fmt.Errorf("load workspace: no channels or no people in it")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people, w.groups, w.views, w.homes = s.People, s.Groups, s.Views, s.Homes
	w.lastTS, w.serial = max(w.lastTS, s.LastTS), max(w.serial, s.Serial)
	w.rooms, w.byRoom = nil, map[string]*room{}
	for _, r := range s.Rooms {
		w.addRoom(r)
	}
	w.changed()
	return nil
}
