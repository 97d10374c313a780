/** Emergency actions: what is erased in which order, and which connections are closed. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.panic;
