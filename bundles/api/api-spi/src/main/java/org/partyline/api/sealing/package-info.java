/** How a bundle makes packets of a kind that PROTOCOL does not have: it offers a {@link org.partyline.api.sealing.PacketSealer}. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.sealing;
