// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform prints the path of the Terraform or OpenTofu command that tests and the demo
// use.
//
// It prefers TF_ACC_TERRAFORM_PATH (a path or a name on PATH), then terraform on PATH, then tofu on
// PATH. If it finds none of them, it installs a pinned Terraform into the folder given by -bin,
// where the next run finds it. It refuses a command that is too old or neither of the two, instead
// of silently trying the next one.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"

	"github.com/hashicorp/go-version"
	install "github.com/hashicorp/hc-install"
	"github.com/hashicorp/hc-install/fs"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
	"github.com/hashicorp/hc-install/src"
)

// pinned is the version to install on a machine without Terraform or OpenTofu.
var pinned = version.Must(version.NewVersion("1.11.4"))

// tofu describes OpenTofu, which hc-install does not know and only needs to find.
var tofu = product.Product{
	Name: "tofu",
	BinaryName: func() string {
		if runtime.GOOS == "windows" {
			return "tofu.exe"
		}
		return "tofu"
	},
}

func main() {
	log.SetFlags(0)
	bin := flag.String("bin", "bin", "`folder` to install Terraform into if no CLI is found")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	path, err := choose(ctx, os.Getenv("TF_ACC_TERRAFORM_PATH"), *bin, download)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(path)
}

// installer installs the pinned Terraform into a folder and returns its path.
type installer func(ctx context.Context, bin string) (string, error)

// choose returns the absolute path of the CLI to use. It never replaces the explicit path with
// another one: the caller wants that binary or none.
func choose(ctx context.Context, explicit, bin string, install installer) (string, error) {
	if explicit != "" {
		path, err := exec.LookPath(explicit)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err == nil {
			err = supported(ctx, path)
		}
		if err != nil {
			return "", fmt.Errorf(
				"TF_ACC_TERRAFORM_PATH is %s, which cannot be used: %w", explicit, err,
			)
		}
		return path, nil
	}

	bin, err := filepath.Abs(bin)
	if err != nil {
		return "", err
	}
	finders := []src.Findable{
		&fs.AnyVersion{Product: &product.Terraform},
		&fs.AnyVersion{Product: &tofu},
		&fs.ExactVersion{Product: product.Terraform, Version: pinned, ExtraPaths: []string{bin}},
	}
	for _, f := range finders {
		path, err := f.Find(ctx)
		if err != nil {
			continue
		}
		if err := supported(ctx, path); err != nil {
			return "", fmt.Errorf("%w\nupdate it, or set TF_ACC_TERRAFORM_PATH to another one", err)
		}
		return path, nil
	}
	return install(ctx, bin)
}

// download is the installer that downloads a HashiCorp release.
func download(ctx context.Context, bin string) (string, error) {
	log.Printf(
		"Neither terraform nor tofu is on PATH: installing Terraform %s into %s.", pinned, bin,
	)
	if err := os.MkdirAll(bin, 0o750); err != nil {
		return "", err
	}
	path, err := install.NewInstaller().Install(ctx, []src.Installable{
		&releases.ExactVersion{Product: product.Terraform, Version: pinned, InstallDir: bin},
	})
	if err != nil {
		return "", fmt.Errorf("cannot download Terraform %s: %w\n"+
			"install Terraform or OpenTofu, or set TF_ACC_TERRAFORM_PATH to one of them", pinned,
			err)
	}
	return path, nil
}
