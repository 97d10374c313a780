/** Conversations (channels, contacts and inboxes), and the keys that belong to them. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.conversation;
