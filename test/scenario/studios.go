package scenario

import (
	"fmt"

	"casterbot/internal/sandbox/fakelive"
)

func (p *play) studio(name string, change func(*fakelive.Studio)) error {
	for id, known := range p.see.things() {
		if known == name {
			if err := p.world.Live.SetStudio(id, change); err == nil {
				return nil
			}
		}
	}
	return fmt.Errorf("no studio is called %s", name)
}

// take gives PROGRAM the picture of a scene.
func take(s *fakelive.Studio, name string) {
	for _, from := range s.Scenes {
		for i, to := range s.Scenes {
			if from.Name == name && to.Program {
				s.Scenes[i].Layout, s.Scenes[i].Components, s.Urgent = from.Layout, from.Components, false
			}
		}
	}
}

func repaint(s *fakelive.Studio, name string) {
	for i, scene := range s.Scenes {
		if scene.Name == name {
			s.Scenes[i].Layout += "-other"
		}
	}
}
