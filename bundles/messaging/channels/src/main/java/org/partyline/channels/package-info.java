/** Creates, joins and leaves channels, and lists their senders. */
package org.partyline.channels;
