/** Makes packets from messages: on a channel's chain, sealed with a channel's key, or on a session. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.sealing;
