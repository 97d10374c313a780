/** Outgoing and incoming messages as they are stored, and the state machine that alone changes where an outgoing one stands. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.mailbox;
