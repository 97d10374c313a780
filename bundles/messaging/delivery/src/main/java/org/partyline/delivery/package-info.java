/** The way out: when a message may go, what carriers work with, and what they paid for and handed over. */
package org.partyline.delivery;
