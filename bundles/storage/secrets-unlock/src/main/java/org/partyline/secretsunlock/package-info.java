/** Opens the store when the server starts, with the store key from its place. */
package org.partyline.secretsunlock;
