/** Channels: joining, leaving, invites, and who is in them. */
package org.partyline.channels;
