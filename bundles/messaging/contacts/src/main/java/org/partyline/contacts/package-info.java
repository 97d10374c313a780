/** Personas, contacts and the sessions with them: keys, handshakes, and what sessions send themselves (PROTOCOL 6). */
package org.partyline.contacts;
