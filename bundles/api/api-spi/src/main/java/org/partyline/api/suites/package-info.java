/** Which algorithms are here and may be used, for who seals and opens. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.suites;
