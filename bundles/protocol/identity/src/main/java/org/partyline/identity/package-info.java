/** Keys of personas, contact cards, safety numbers, rotation (PROTOCOL 6, 6.1), and the file of a backup. */
package org.partyline.identity;
