/** The worst day: what is erased, in which order, and what is cut off. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.panic;
