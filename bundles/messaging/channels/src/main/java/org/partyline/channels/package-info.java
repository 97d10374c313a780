/** Creates, joins and leaves channels, and lists who was heard in them. */
package org.partyline.channels;
