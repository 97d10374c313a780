/** Opens the store when the server starts, with the store key from where it rests. */
package org.partyline.secretsunlock;
