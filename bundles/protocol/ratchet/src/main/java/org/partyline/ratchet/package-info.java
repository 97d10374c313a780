/** Channel roots, sealed locators, sender chains and the tables for finding packets (PROTOCOL 3, 4, 5). */
package org.partyline.ratchet;
