/** The data that recognises packets before they are opened: beacons, derived keys, and packets that wait for them. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.recognition;
