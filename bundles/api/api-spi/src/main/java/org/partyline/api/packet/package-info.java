/** Packets on the wire and their contents (PROTOCOL 2, 7, 9, 10). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.packet;
