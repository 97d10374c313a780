/** Stored outgoing and incoming messages, and the state machine of outgoing ones. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.mailbox;
