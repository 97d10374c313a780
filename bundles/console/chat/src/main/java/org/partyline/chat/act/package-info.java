/** From keys and news to new values, and to what is to be done. */
package org.partyline.chat.act;
