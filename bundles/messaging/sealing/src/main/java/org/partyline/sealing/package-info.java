/** Makes packets from messages: on a channel's chain, sealed with a channel's key, or on a session. */
package org.partyline.sealing;
