/** The nodes of this server: which there are, what is thought of them, and what they report. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.nodes;
