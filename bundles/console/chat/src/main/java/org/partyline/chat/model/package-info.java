/** The contents of the screen as values, without a terminal or service. */
package org.partyline.chat.model;
