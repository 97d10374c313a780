/** What the server's stages tell to whoever watches it: numbers, and nothing of a message, a person or a key. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.metrics;
