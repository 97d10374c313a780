/** Personas, contacts and sessions: keys, handshakes, and the sessions' own packets (PROTOCOL 6). */
package org.partyline.contacts;
