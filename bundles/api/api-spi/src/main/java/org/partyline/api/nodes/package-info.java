/** The nodes of this server: their states, faults and reports. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.nodes;
