/** Whether the server is safe to use: what looks at it, and what is found. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.partyline.api.health;
