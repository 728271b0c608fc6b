"""The register of statisticians: people, posts, qualifications, training."""
