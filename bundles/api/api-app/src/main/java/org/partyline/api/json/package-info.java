/** The JSON documents that {@code --json} prints and that programs read over HTTP; docs/schemas is the contract. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.json;
