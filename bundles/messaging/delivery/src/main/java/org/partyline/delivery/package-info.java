/** The sending side: when a message may be sent, what carriers work with, and what they paid for and handed over. */
package org.partyline.delivery;
