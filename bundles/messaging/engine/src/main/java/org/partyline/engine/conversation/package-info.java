/** Where messages come from and go to: channels, contacts, inboxes, and the keys that belong to them. */
package org.partyline.engine.conversation;
