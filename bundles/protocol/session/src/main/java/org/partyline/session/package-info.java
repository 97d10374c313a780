/** Handshakes and key updates of pairwise sessions (PROTOCOL 6). */
package org.partyline.session;
