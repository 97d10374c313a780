/** Decides which connections to other machines are made, and how. */
package org.partyline.networkpolicy;
