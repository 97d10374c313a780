/** Calculates new states and effects from keys and events. */
package org.partyline.chat.act;
