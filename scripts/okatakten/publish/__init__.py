"""A built site → an object store: `plan` says what to send in which order, `delivery` does it, `store` talks to S3."""
