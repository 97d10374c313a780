/** The JSON of the server's things: what {@code --json} prints, and what a program reads over HTTP. docs/schemas is the contract. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.json;
