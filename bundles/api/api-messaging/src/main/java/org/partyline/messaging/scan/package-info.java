/** Packets that nodes report and that may be ours, and how far each network was read. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.scan;
