/** What the screen shows, as values: nothing here knows a terminal or a service. */
package org.partyline.chat.model;
