/** The page for people in a browser. */
package org.partyline.webpage;
