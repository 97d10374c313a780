/** Checks whether the server is safe to use, and reports findings. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.partyline.api.health;
