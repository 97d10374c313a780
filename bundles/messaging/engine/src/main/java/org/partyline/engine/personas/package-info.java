/** Personas' keys, and the wallets' accounts that pay for them. */
package org.partyline.engine.personas;
