/** The only way out: which connections are made, and how. */
package org.partyline.networkpolicy;
