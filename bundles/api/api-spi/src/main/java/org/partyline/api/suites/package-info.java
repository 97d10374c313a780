/** The algorithms that are available and allowed, for sealing and opening. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.suites;
