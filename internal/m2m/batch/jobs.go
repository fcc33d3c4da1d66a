// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"cmp"
	"fmt"
	"slices"
)

// job is one request: for a group, or for calls that want the same.
type job[T any] struct {
	group string // Empty for a request of its own.
	calls []*call[T]
}

// limited reports whether the list could answer the job.
func (j job[T]) limited() bool {
	return slices.ContainsFunc(j.calls, func(c *call[T]) bool { return !c.fresh })
}

// objects returns how many objects the job asks for.
func (j job[T]) objects() int {
	keys := map[string]bool{}
	j.collect(keys)
	return len(keys)
}

// collect adds the keys of the objects that the job asks for. A list counts as one object.
func (j job[T]) collect(keys map[string]bool) {
	for _, c := range j.calls {
		keys[cmp.Or(c.key, fmt.Sprintf("list %p", c))] = true
	}
}

// values returns the values that stand for the objects of a group.
func (j job[T]) values() []string {
	var values []string
	for _, c := range j.calls {
		for _, group := range c.groups {
			if group.Name == j.group && !slices.Contains(values, group.Value) {
				values = append(values, group.Value)
			}
		}
	}
	return values
}

// arrange divides calls into few jobs. At most groups of them are for groups, with up to groupSize
// calls each.
func arrange[T any](calls []*call[T], groups, groupSize int) []job[T] {
	var jobs []job[T]
	for range groups {
		largest := largestGroup(calls, groupSize)
		if largest.calls == nil {
			break
		}
		jobs = append(jobs, largest)
		calls = slices.DeleteFunc(slices.Clone(calls), func(c *call[T]) bool {
			return slices.Contains(largest.calls, c)
		})
	}
	single := map[string]int{}
	for _, c := range calls {
		same := c.variant + " " + c.key
		if at, ok := single[same]; ok && c.key != "" {
			jobs[at].calls = append(jobs[at].calls, c)
			continue
		}
		single[same] = len(jobs)
		jobs = append(jobs, job[T]{calls: []*call[T]{c}})
	}
	return jobs
}

// largestGroup returns a request for the group with the most calls, if any group has at least two
// different objects.
func largestGroup[T any](calls []*call[T], groupSize int) (largest job[T]) {
	groups := map[string][]*call[T]{}
	for _, c := range calls {
		for _, group := range c.groups {
			if len(groups[group.Name]) < groupSize {
				groups[group.Name] = append(groups[group.Name], c)
			}
		}
	}
	for name, members := range groups {
		candidate := job[T]{group: name, calls: members}
		more := candidate.objects() - max(largest.objects(), 1)
		if more > 0 || more == 0 && largest.calls != nil && name < largest.group {
			largest = candidate
		}
	}
	return largest
}
