// Package krusty is what kwok takes of Kustomize, and refuses to do it: kwok's configuration is a file here, not a folder.
package krusty

import (
	"errors"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Kustomizer refuses.
type Kustomizer struct{}

// Result is of what is refused.
type Result struct{}

// MakeDefaultOptions gives none.
func MakeDefaultOptions() any { return nil }

// MakeKustomizer takes any options.
func MakeKustomizer(any) Kustomizer { return Kustomizer{} }

// Run refuses.
func (Kustomizer) Run(filesys.FileSystem, string) (Result, error) {
	return Result{}, errors.New("Kustomize is left out")
}

// AsYaml is of what is refused.
func (Result) AsYaml() ([]byte, error) { return nil, nil }
