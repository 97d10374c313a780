/** Channel roots, sealed locators and sender chains (PROTOCOL 3, 4, 5). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.partyline.api.ratchet;
