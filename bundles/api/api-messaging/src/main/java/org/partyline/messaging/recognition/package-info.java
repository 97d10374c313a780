/** What packets are recognised by before they can be opened: beacons, derived keys, and what waits for them. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.recognition;
